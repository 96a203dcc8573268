/** The topics of the stack, one for each kind of event, and what is sent to them as JSON. */
export const REQUEST_RECEIVED = 'tutorial.request.received';
export const CASE_ROUTED = 'tutorial.case.routed';
export const LEG_OPENED = 'tutorial.leg.opened';
export const NOTIFICATION_QUEUED = 'tutorial.notification.queued';
export const TUTORIAL_TOPICS = [REQUEST_RECEIVED, CASE_ROUTED, LEG_OPENED, NOTIFICATION_QUEUED] as const;

export interface RequestReceived {
  readonly requestId: string;
  readonly caseId: string;
  readonly contactId: string;
  readonly trackingCode: string;
  readonly needs: string[];
  readonly urgency: string;
  readonly address: string;
  readonly householdSize: number;
  readonly notifyBy: string;
  readonly receivedAt: string;
}

export interface CaseRouted {
  readonly caseId: string;
  readonly requestId: string;
  readonly contactId: string;
  readonly office: string;
  readonly rule: string;
  readonly needs: string[];
  readonly urgency: string;
  readonly notifyBy: string;
  readonly routedAt: string;
}

export interface LegOpened {
  readonly legId: string;
  readonly caseId: string;
  readonly office: string;
  readonly openedAt: string;
}

export interface NotificationQueued {
  readonly notificationId: string;
  readonly caseId: string;
  readonly template: string;
  readonly channel: string;
  readonly queuedAt: string;
}

/** Name under which a service's producer is injected. */
export const EVENTS = 'EVENTS';
