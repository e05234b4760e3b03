/* A crew; see crew.h.
 *
 * What was recorded is cut into stretches: the steps of one frame right below a phase, as are the sequences of a
 * batch and the parameters of an update. They are taken in order, each by who is free, and a stretch begins when those
 * that it reads from are finished. The first one that is not finished waits for nobody, so somebody always goes on. */
#include "crew.h"

#include "tiny_model/primitive.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* A tape of fewer bytes is computed before two threads have found each other. */
enum { WORTH_IT = 8 << 20 };

typedef struct {
    int first, end;       /* steps first <= id < end */
    int needs;            /* so many stretches from the first on must be finished */
    bool done;
} Stretch;

struct Crew {
    pthread_t threads[MOST_THREADS];
    int thread_count;     /* beside the one that records */
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t changed;
    const Tape *tape;
    Stretch *stretches;
    int capacity;
    int count, taken;     /* stretches of this tape, and those that somebody has taken */
    int finished;         /* so many from the first on are done */
    bool over;
};

/* --- cutting --- */

/* The frame right below the phase that a step stands in, or the phase. */
static int outermost(const Tape *tape, int step)
{
    int frame = tape->steps[step].frame;
    while (tape->frames[frame].depth > 1)
        frame = tape->frames[frame].parent;
    return frame;
}

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

/* How many stretches there are up to the one that has this step. */
static int stretches_through(const Crew *crew, int count, int step)
{
    int low = 0, high = count - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (crew->stretches[middle].first <= step)
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
    Stretch *moved = realloc(crew->stretches, (size_t)more * sizeof *moved);
    if (!moved)
        return false;
    crew->stretches = moved;
    crew->capacity = more;
    return true;
}

/* The stretches of the steps first <= id < end; -1 if there was not enough memory. */
static int cut(Crew *crew, const Tape *tape, int first, int end)
{
    int count = 0, latest = -1;
    for (int step = first; step < end; step++) {
        bool same_frame = step > first && tape->steps[step].frame == tape->steps[step - 1].frame;
        if (!same_frame && (step == first || outermost(tape, step) != outermost(tape, step - 1))) {
            if (!make_room(crew, count))
                return -1;
            crew->stretches[count++] = (Stretch){.first = step};
            latest = -1;
        }
        Stretch *stretch = &crew->stretches[count - 1];
        stretch->end = step + 1;
        int maker = latest_maker(tape, step, first, stretch->first);
        if (maker > latest) {
            latest = maker;
            stretch->needs = stretches_through(crew, count, maker);
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

/* Stretch after stretch until all are taken. The lock is held before and behind it. */
static void work(Crew *crew)
{
    while (crew->taken < crew->count) {
        Stretch *mine = &crew->stretches[crew->taken++];
        while (crew->finished < mine->needs)
            pthread_cond_wait(&crew->changed, &crew->lock);
        pthread_mutex_unlock(&crew->lock);
        run_steps(crew->tape, mine->first, mine->end);
        pthread_mutex_lock(&crew->lock);
        mine->done = true;
        while (crew->finished < crew->count && crew->stretches[crew->finished].done)
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

static void compute(void *context, const Tape *tape, int first, int end)
{
    Crew *crew = context;
    int count = cut(crew, tape, first, end);
    if (count < 0) {
        run_steps(tape, first, end);
        return;
    }
    pthread_mutex_lock(&crew->lock);
    crew->tape = tape;
    crew->count = count;
    crew->taken = crew->finished = 0;
    pthread_cond_broadcast(&crew->changed);
    work(crew);
    while (crew->finished < crew->count)
        pthread_cond_wait(&crew->changed, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
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
    run->computer = (Computer){made->thread_count ? compute : NULL, made};
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
    free(crew->stretches);
    free(crew);
}
