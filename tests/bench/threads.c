/* An update of eight sequences, by one thread and by as many as there are processors, up to four. */
#include "bench.h"

#include "tracer/session/crew.h"
#include "tracer/session/session.h"

#include <stdio.h>
#include <unistd.h>

enum { MOST_HERE = 4 };

/* The shortest of some updates in milliseconds; negative if one failed. */
static double shortest_update(Run *run, int threads, int updates, Error *error)
{
    Crew *crew;
    double shortest = -1;
    bool whole = crew_begin(&crew, run, threads, error);
    for (int i = 0; whole && i < updates; i++) {
        double begin = seconds();
        whole = run_record(run, error);
        run_advance(run);
        double took = 1000 * (seconds() - begin);
        shortest = shortest < 0 || took < shortest ? took : shortest;
    }
    crew_end(crew, run);
    return whole ? shortest : -1;
}

bool measure_threads(bool quick)
{
    Session session;
    Error error = {0};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int rounds = quick ? 2 : 8;
    double best[MOST_HERE + 1] = {0};
    bool right = session_load(&session, &(RunOptions){.model = "moby"}, &error);
    for (int round = 0; right && round < rounds; round++)
        for (int threads = 1; right && threads <= MOST_HERE && threads <= processors; threads++) {
            double took = shortest_update(&session.run, threads, 4, &error);
            right = took >= 0;
            best[threads] = round == 0 || took < best[threads] ? took : best[threads];
        }
    for (int threads = 1; right && threads <= MOST_HERE && threads <= processors; threads++)
        printf("  %d thread%s %8.2f ms %8.2f times as fast\n", threads, threads == 1 ? " " : "s", best[threads],
               best[1] / best[threads]);
    if (!right)
        fprintf(stderr, "bench: moby: %s\n", error.text);
    else
        session_close(&session);
    return right;
}
