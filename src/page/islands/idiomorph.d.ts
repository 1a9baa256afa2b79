/** The library, as the build puts it beside the islands (scripts/build-assets.js). */
export const Idiomorph: {
  readonly morph: (
    old: Element,
    next: Element,
    options: {
      readonly morphStyle: 'innerHTML' | 'outerHTML';
      readonly ignoreActiveValue: boolean;
      readonly callbacks: {
        readonly beforeAttributeUpdated: (name: string, node: Element) => boolean;
      };
    },
  ) => void;
};
