// The environment of the process that runs cells, the user's and the model's alike.
const OURS = /^QWENLAB_/i; // keys and addresses of models and engine
const JUPYTERS = /^(JPY_|JUPYTERHUB_|JUPYTER_TOKEN$|JUPYTER_SERVER_)/i; // tokens that open the server

/** The user's environment without the secrets of qwenlab and Jupyter; the user's own variables stay. */
export function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OURS.test(name) && !JUPYTERS.test(name)));
}
