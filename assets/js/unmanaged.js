// What servers have and pareia has not, by what can be done about it. Pure.

/** The obstacle that whoever knows the phone can remove. */
export const NUMBER_UNKNOWN = 'number_unknown';

/** The instances that can be adopted, those that need their number said, and the rest; each in the order they came. */
export const byWhatCanBeDone = (instances) => ({
  ready: instances.filter(({ obstacle }) => !obstacle),
  numberless: instances.filter(({ obstacle }) => obstacle === NUMBER_UNKNOWN),
  stuck: instances.filter(({ obstacle }) => obstacle && obstacle !== NUMBER_UNKNOWN),
});

/** Names one of them so that no other server's is meant. */
export const selection = ({ name, credentialId }) => ({ name, credentialId });
