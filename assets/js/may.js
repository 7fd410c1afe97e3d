// What whoever is logged in may do with a number, as the server decides it. Pure.

/** Whether they may take it away, disconnect it, and write texts about it: owners with their own, administrators with all. */
export const mayManage = (session, { user }) => session.admin || session.user === user;
