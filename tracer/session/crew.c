/* A crew; see crew.h.
 *
 * What was recorded is cut into stints: the steps of one frame right below a phase, as are the sequences of a
 * batch and the parameters of an update. They are taken in order, each by who is free, and a stint begins when those
 * that it reads from are finished. The first one that is not finished waits for nobody, so somebody always goes on. */
#include "crew.h"

#include "tiny_model/primitive.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A tape of fewer bytes is computed before two threads have found each other. */
enum { WORTH_IT = 8 << 20 };

struct Crew {
    pthread_t threads[MOST_THREADS];
    int thread_count;     /* beside the one that records */
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t changed;
    const Tape *tape;
    const int *order;     /* of the steps; NULL: as they were recorded */
    Stint *stints;
    bool *done;           /* [capacity] which of them are */
    int capacity;
    int count, taken;     /* stints of this tape, and those that somebody has taken */
    int finished;         /* so many from the first on are done */
    bool over;
};

/* --- cutting --- */

/* The latest step from `first` on that made an input of this one, but none behind `end`; -1: none. */
static int latest_maker(const Tape *tape, int step, int first, int end)
{
    const Step *of = &tape->steps[step];
    int latest = -1;
    for (int i = 0; i < of->input_count; i++) {
        int maker = tape->values[of->inputs[i]].producer;
        if (maker >= first && maker < end && maker > latest)
            latest = maker;
    }
    return latest;
}

/* How many stints there are up to the one that has this step. */
static int stints_through(const Crew *crew, int count, int step)
{
    int low = 0, high = count - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (crew->stints[middle].first <= step)
            low = middle;
        else
            high = middle - 1;
    }
    return low + 1;
}

static bool make_room(Crew *crew, int count)
{
    if (count < crew->capacity)
        return true;
    int more = crew->capacity ? 2 * crew->capacity : 64;
    Stint *moved = realloc(crew->stints, (size_t)more * sizeof *moved);
    if (moved)
        crew->stints = moved;
    bool *done = realloc(crew->done, (size_t)more * sizeof *done);
    if (done)
        crew->done = done;
    if (!moved || !done)
        return false;
    crew->capacity = more;
    return true;
}

/* The stints of the steps first <= id < end; -1 if there was not enough memory. */
static int cut(Crew *crew, const Tape *tape, int first, int end)
{
    int count = 0, latest = -1;
    for (int step = first; step < end; step++) {
        bool same_frame = step > first && tape->steps[step].frame == tape->steps[step - 1].frame;
        if (!same_frame && (step == first || tape_outermost(tape, step) != tape_outermost(tape, step - 1))) {
            if (!make_room(crew, count))
                return -1;
            crew->stints[count++] = (Stint){.first = step};
            latest = -1;
        }
        Stint *stint = &crew->stints[count - 1];
        stint->end = step + 1;
        int maker = latest_maker(tape, step, first, stint->first);
        if (maker > latest) {
            latest = maker;
            stint->needs = stints_through(crew, count, maker);
        }
    }
    return count;
}

/* --- computing --- */

static void run_steps(const Tape *tape, int first, int end)
{
    for (int step = first; step < end; step++)
        tape->steps[step].primitive->run(tape, &tape->steps[step]);
}

/* Stint after stint until all are taken. The lock is held before and behind it. */
static void work(Crew *crew)
{
    while (crew->taken < crew->count) {
        int taken = crew->taken++;
        const Stint *mine = &crew->stints[taken];
        while (crew->finished < mine->needs)
            pthread_cond_wait(&crew->changed, &crew->lock);
        pthread_mutex_unlock(&crew->lock);
        if (crew->order)
            repeat_some(crew->tape, crew->order + mine->first, mine->end - mine->first);
        else
            run_steps(crew->tape, mine->first, mine->end);
        pthread_mutex_lock(&crew->lock);
        crew->done[taken] = true;
        while (crew->finished < crew->count && crew->done[crew->finished])
            crew->finished++;
        pthread_cond_broadcast(&crew->changed);
    }
}

static void *serve(void *context)
{
    Crew *crew = context;
    pthread_mutex_lock(&crew->lock);
    while (!crew->over) {
        if (crew->taken < crew->count)
            work(crew);
        else
            pthread_cond_wait(&crew->changed, &crew->lock);
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

/* The stints that were put down, by all. */
static void together(Crew *crew, const Tape *tape, const int *order, int count)
{
    pthread_mutex_lock(&crew->lock);
    memset(crew->done, 0, (size_t)count * sizeof *crew->done);
    crew->tape = tape;
    crew->order = order;
    crew->count = count;
    crew->taken = crew->finished = 0;
    pthread_cond_broadcast(&crew->changed);
    work(crew);
    while (crew->finished < crew->count)
        pthread_cond_wait(&crew->changed, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
}

static void compute(void *context, const Tape *tape, int first, int end)
{
    Crew *crew = context;
    int count = cut(crew, tape, first, end);
    if (count < 0)
        run_steps(tape, first, end);
    else if (count > 0)
        together(crew, tape, NULL, count);
}

static void repeat(void *context, const Tape *tape, const Repeat *again)
{
    Crew *crew = context;
    int count = again->lot_count, fit = 0;
    while (fit < count && make_room(crew, fit)) {
        crew->stints[fit] = again->lots[fit].stint;
        fit++;
    }
    if (fit < count)
        repeat_some(tape, again->order, again->whole.steps);
    else
        together(crew, tape, again->order, count);
}

/* --- coming and going --- */

int crew_useful(const Run *run)
{
    const Training *training = &run->model->training;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    long examples = (long)training->batch * (training->accumulate > 1 ? training->accumulate : 1);
    long useful = examples < processors ? examples : processors;
    if (!run->model->system->numbers_later || run->takes < WORTH_IT || useful < 1)
        return 1;
    return (int)(useful < MOST_THREADS ? useful : MOST_THREADS);
}

/* Signals are for the one thread that waits for them. */
static void call_threads(Crew *crew, int threads)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (crew->thread_count < threads - 1 &&
           pthread_create(&crew->threads[crew->thread_count], NULL, serve, crew) == 0)
        crew->thread_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

bool crew_begin(Crew **crew, Run *run, int threads, Error *error)
{
    *crew = NULL;
    if (threads == 0)
        threads = crew_useful(run);
    if (threads < 2 || run->walk.count)
        return true;
    Crew *made = calloc(1, sizeof *made);
    if (!made)
        return error_memory(error);
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->changed, NULL);
    call_threads(made, threads < MOST_THREADS ? threads : MOST_THREADS);
    if (made->thread_count)
        run->computer = (Computer){compute, made, repeat, made->thread_count + 1};
    *crew = made;
    return true;
}

void crew_end(Crew *crew, Run *run)
{
    if (!crew)
        return;
    run->computer = (Computer){0};
    pthread_mutex_lock(&crew->lock);
    crew->over = true;
    pthread_cond_broadcast(&crew->changed);
    pthread_mutex_unlock(&crew->lock);
    for (int i = 0; i < crew->thread_count; i++)
        pthread_join(crew->threads[i], NULL);
    pthread_cond_destroy(&crew->changed);
    pthread_mutex_destroy(&crew->lock);
    free(crew->stints);
    free(crew->done);
    free(crew);
}
