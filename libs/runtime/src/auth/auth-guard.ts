import {
  createParamDecorator,
  SetMetadata,
  type CanActivate,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../problem.js';
import type { AccessTokens } from './access-tokens.js';
import { hasRole, type Account, type Role } from './account.js';

const PUBLIC = 'tiepsuc:public';
const ROLES_NEEDED = 'tiepsuc:roles';

/** Anyone may call it without a token. Only public intake, and reading what is public, may be so. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);

/** One of these roles is needed. */
export const Roles = (...roles: readonly [Role, ...Role[]]): CustomDecorator => SetMetadata(ROLES_NEEDED, roles);

/** The account that asks; undefined only on public routes. */
export const CurrentAccount = createParamDecorator((_: unknown, context: ExecutionContext) =>
  accounts.get(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The account behind a request that the guard has let through. */
export function accountOfRequest(request: FastifyRequest): Account | undefined {
  return accounts.get(request);
}

const accounts = new WeakMap<object, Account>();
const reflector = new Reflector();

/** Refuses requests without a valid token, unless the route is `@Public()`. */
export class AuthGuard implements CanActivate {
  private readonly needs = new WeakMap<object, Map<object, RouteNeeds>>();

  constructor(private readonly tokens: AccessTokens) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const needs = this.needsOf(context);
    if (needs.open && request.headers.authorization === undefined) return true;
    const account = await this.accountOf(request);
    if (!account) throw notSignedIn();
    if (needs.roles && !hasRole(account, ...needs.roles)) throw roleMissing();
    return true;
  }

  /** The account behind a request, verified at most once per request; undefined without a token. */
  async accountOf(request: FastifyRequest): Promise<Account | undefined> {
    const known = accounts.get(request);
    if (known) return known;
    const account = await this.tokens.accountFrom(request.headers.authorization);
    if (account) accounts.set(request, account);
    return account;
  }

  private needsOf(context: ExecutionContext): RouteNeeds {
    const [handler, controller] = [context.getHandler(), context.getClass()];
    const ofController = this.needs.get(controller) ?? new Map<object, RouteNeeds>();
    const needs = ofController.get(handler) ?? routeNeeds(handler, controller);
    this.needs.set(controller, ofController.set(handler, needs));
    return needs;
  }
}

export interface RouteNeeds {
  readonly open: boolean;
  readonly roles: readonly Role[] | undefined;
}

/** What the handler says, else what its controller says; a handler with roles is not open although its controller is. */
export function routeNeeds(handler: object, controller: object): RouteNeeds {
  const targets = [handler, controller] as Parameters<Reflector['getAllAndOverride']>[1];
  const own = Reflect.getMetadata(ROLES_NEEDED, handler) as readonly Role[] | undefined;
  const open = own ? Reflect.hasMetadata(PUBLIC, handler) : reflector.getAllAndOverride(PUBLIC, targets) === true;
  return { open, roles: open ? undefined : reflector.getAllAndOverride(ROLES_NEEDED, targets) };
}

export function notSignedIn(): Problem {
  return new Problem({
    status: 401,
    code: 'not-signed-in',
    remedy: { vi: 'Gửi kèm Authorization: Bearer.', en: 'Send an access token in Authorization: Bearer.' },
    challenge: 'Bearer',
  });
}

export function roleMissing(): Problem {
  return new Problem({
    status: 403,
    code: 'role-missing',
    detail: { vi: 'Tài khoản không có vai trò cần thiết.', en: 'The account has none of the roles needed.' },
    challenge: 'Bearer error="insufficient_scope"',
  });
}
