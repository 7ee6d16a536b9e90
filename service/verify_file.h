/* SPDX-License-Identifier: Apache-2.0 */
/* `cohelm verify FILE …`: checks exported records of decisions without a service or a database. */
#ifndef COHELM_VERIFY_FILE_H
#define COHELM_VERIFY_FILE_H

/* Prints of each file "verified" (and if so, that the ballots may not be seen) with what is known
 * of its signature in a line of its own, or what differs, a line each; of several files with the
 * file's name before each line. "-" is standard input. `hash`: one that the trail must have, or
 * NULL. `jwks`: the file of the keys of which one must have signed each, or NULL. The exit status:
 * 0 all are verified, 1 one is not, 2 one can't be read or is no JSON document, of which a line on
 * standard error tells. */
int verify_files(char **paths, int count, const char *hash, const char *jwks);

#endif
