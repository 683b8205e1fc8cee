/* The commands that call the library. Each takes argv from its own name on and returns the exit
 * status. */
#ifndef PV_CLI_COMMANDS_H
#define PV_CLI_COMMANDS_H

int pv_command_validate(int argc, char **argv);
int pv_command_age(int argc, char **argv);
int pv_command_liveness(int argc, char **argv);
int pv_command_compare(int argc, char **argv);
int pv_command_enroll(int argc, char **argv);
int pv_command_predict(int argc, char **argv);
int pv_command_delete(int argc, char **argv);
int pv_command_portrait(int argc, char **argv);
int pv_command_document(int argc, char **argv);
int pv_command_version(int argc, char **argv);

#endif
