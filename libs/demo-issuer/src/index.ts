export {
  requestToken,
  startDemoIssuer,
  type DemoAccount,
  type DemoIssuer,
  type DemoIssuerOptions,
} from './demo-issuer.js';
