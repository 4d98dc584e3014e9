/** What a dashboard is made of. Each dashboard is a file of data in this shape; definition.ts makes Dashboard Studio's JSON of it. */

/** https://docs.splunk.com/Documentation/SplunkCloud/latest/DashStudio/visIntro */
export type Kind = 'singlevalue' | 'column' | 'bar' | 'line' | 'area' | 'pie' | 'table' | 'map';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface Panel {
  /** Unique in the dashboard. */
  readonly id: string;
  readonly title: string;
  readonly kind: Kind;
  /** Twelfths of the width. A row has twelve. */
  readonly width: number;
  /** SPL: a search of its own, or what follows the base search that `base` names. */
  readonly query: string;
  readonly base?: string;
  readonly options?: Readonly<Record<string, Json>>;
  readonly context?: Readonly<Record<string, Json>>;
  /** View that a click opens. */
  readonly opens?: string;
}

export interface Row {
  /** Pixels. */
  readonly height: number;
  readonly panels: readonly Panel[];
}

export interface Input {
  readonly token: string;
  readonly title: string;
  readonly kind: 'text' | 'multiselect';
  readonly initial: string;
  readonly choices?: readonly string[];
}

export interface Dashboard {
  /** File name of the view, and its address: /app/bongsu/<id> */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Time range that it begins with. */
  readonly earliest: string;
  readonly inputs?: readonly Input[];
  /** Searches that several panels go on from, by name. */
  readonly bases?: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}
