import { SERVICES, type ListedService } from '@tiepsuc/services';
import { DEMO_SECRET, officerOf, OPERATOR } from './accounts.js';
import type { City } from './city.js';

const LINE = '─'.repeat(78);

/** What a person needs to go on: where everything is, who can sign in, and two commands to try. */
export function welcome(city: City, { folder, tookMs }: { folder: string; tookMs: number }): string {
  const { urls, issuer, offices } = city;
  const first = offices[0]?.code ?? '';
  const rows: [what: string, address: string][] = [
    ...SERVICES.flatMap((service) => pagesOf(service, urls[service.name])),
    ['Cấp mã truy cập / tokens', issuer.tokenUrl],
  ];
  return [
    LINE,
    `Tiếp Sức sẵn sàng sau ${seconds(tookMs)} giây / is ready after ${seconds(tookMs)} s`,
    LINE,
    ...rows.map(([what, address]) => `  ${what.padEnd(27)} ${address}`),
    '',
    `  Tài khoản dùng thử (mật khẩu "${DEMO_SECRET}", chỉ trên máy này) / demo accounts (secret "${DEMO_SECRET}", this machine only):`,
    `  ${OPERATOR}, dispatcher-01, ${officerOf(first)} … (${offices.length} đơn vị / offices), manager-01, auditor-01, platform-01`,
    `  Dữ liệu và nhật ký / data and logs: ${folder}`,
    '',
    '  Lấy mã truy cập / get a token:',
    `    TOKEN=$(curl -s -u ${OPERATOR}:${DEMO_SECRET} -d grant_type=client_credentials ${issuer.tokenUrl} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    '  Ghi một yêu cầu / file a request:',
    `    curl -s ${urls.intake}/requests -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`,
    `      -d '{"reporter":{"phone":"0900000000"},"needs":["food"],"address":{"text":"12 Lê Lợi, Phường Bến Nghé, Quận 1"}}'`,
    '',
    '  Dừng lại: Ctrl+C / stop it with Ctrl+C',
    LINE,
  ].join('\n');
}

function pagesOf({ name, title, pages = [] }: ListedService, url: string): [what: string, address: string][] {
  return [
    [`${title} / ${name}`, `${url}/docs`],
    ...pages.map((page): [string, string] => [page.title, `${url}${page.path}`]),
  ];
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
