/* The command `privid models`: fetch, verify, list, path and card. */
#ifndef PV_CLI_MODELS_H
#define PV_CLI_MODELS_H

/* argv[0] is "models". Returns the exit status: 0; 1 where a model is missing, damaged or could not
 * be fetched; 2 for wrong usage; 128 and the signal's number where one ended it. */
int privid_command_models(int argc, char **argv);

#endif
