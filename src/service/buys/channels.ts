/** Kinds of media. Source: AdCP `enums/channels.json`. */
export const channels: readonly string[] = [
  ...['display', 'olv', 'social', 'search', 'ctv', 'linear_tv', 'radio', 'streaming_audio', 'podcast'],
  ...['dooh', 'ooh', 'print', 'cinema', 'email', 'gaming', 'retail_media', 'influencer', 'affiliate'],
  ...['product_placement', 'sponsored_intelligence'],
];
