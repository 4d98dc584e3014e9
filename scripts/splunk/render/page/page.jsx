/** Draws one dashboard as Splunk's own components do. In: window.DASHBOARD, a definition with its rows in it, and window.SCHEME. */
import { DashboardContextProvider, GeoJsonProvider, GeoRegistry } from '@splunk/dashboard-context';
import DashboardCore from '@splunk/dashboard-core';
import CloudViewOnlyPreset from '@splunk/dashboard-presets/CloudViewOnlyPreset';
import EnterpriseViewOnlyPreset from '@splunk/dashboard-presets/EnterpriseViewOnlyPreset';
import SplunkThemeProvider from '@splunk/themes/SplunkThemeProvider';
// biome-ignore lint/correctness/noUnusedImports: JSX becomes calls of React
import React from 'react';
import { createRoot } from 'react-dom/client';

// the time range of Enterprise asks Splunk Web, which is not there
const { 'input.timerange': timerange } = CloudViewOnlyPreset.inputs;
const preset = {
  ...EnterpriseViewOnlyPreset,
  inputs: { ...EnterpriseViewOnlyPreset.inputs, 'input.timerange': timerange },
};
const geo = GeoRegistry.create();
geo.addDefaultProvider(new GeoJsonProvider());

const page = (
  <SplunkThemeProvider family="enterprise" colorScheme={window.SCHEME} density="comfortable">
    <DashboardContextProvider preset={preset} initialDefinition={window.DASHBOARD} geoRegistry={geo}>
      <DashboardCore width="100%" height="auto" />
    </DashboardContextProvider>
  </SplunkThemeProvider>
);
createRoot(document.getElementById('root')).render(page);
