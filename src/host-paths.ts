/** Where the runner keeps inputs and runs, by the same name on the host and in its container. */
export const defaultScratch = '/var/lib/holdout';

/** The socket of the host's engine, by the same name in the containers of launcher and runner. */
export const engineSocket = '/var/run/docker.sock';
