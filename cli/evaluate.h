/* The command `privid evaluate`: error rates on labelled pictures. */
#ifndef PV_CLI_EVALUATE_H
#define PV_CLI_EVALUATE_H

/* argv[0] is "evaluate". Returns the exit status; 128 and the signal's number where one ended it.
 */
int pv_command_evaluate(int argc, char **argv);

#endif
