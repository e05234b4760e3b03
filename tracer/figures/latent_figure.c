/* figure latent: a walk through the plane of codes. Every place of a grid is a code, and its picture is what the
 * decoder makes of it.
 *
 * Codes of two numbers are the plane themselves. Of more the plane is that of the two directions in which the codes of
 * this training step vary most, around their mean. */
#include "figure_page.h"
#include "flat.h"
#include "picture_grid.h"

#include "tiny_model/painting.h"
#include "tiny_model/primitive.h"

#include <math.h>

enum { ACROSS = 9, PLACES = ACROSS * ACROSS, LEFT = 42, GAP = 3, SIDE = 54 };
static const double FARTHEST = 2; /* in units of a code, or of the spread along a direction */

typedef struct {
    int rows, cols, size;      /* of a picture; k of a code */
    const double *pictures[PLACES];
    const double *middle;      /* [k] */
    const double *ways[2];     /* [k], a unit to the right and one down */
    double share;              /* of the spread that the two directions have; codes of two numbers: 1 */
    int seen;                  /* codes that they were found from */
} CodePlane;

static double size_of(const double *x, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += x[i] * x[i];
    return sum;
}

static bool coordinates(DrawList *list, CodePlane *plane)
{
    double *numbers = draw_room(list, 3 * (size_t)plane->size * sizeof *numbers);
    if (!numbers)
        return false;
    for (int i = 0; i < 3 * plane->size; i++)
        numbers[i] = i == 0 || i == plane->size + 1;
    plane->ways[0] = numbers;
    plane->ways[1] = numbers + plane->size;
    plane->middle = numbers + 2 * plane->size;
    plane->share = 1;
    return true;
}

/* The two directions of the codes, each as long as the codes are spread along it. */
static bool directions(DrawList *list, const Value *codes, CodePlane *plane)
{
    int k = codes->cols, n = codes->rows;
    double *room = draw_room(list, ((size_t)n + 4) * (size_t)k * sizeof *room);
    if (!room)
        return false;
    double *middle = room, *ways = room + k, *centred = room + 4 * k, spread = 0;
    for (int c = 0; c < k; c++) {
        middle[c] = 0;
        for (int r = 0; r < n; r++)
            middle[c] += codes->data[r * k + c] / n;
        for (int r = 0; r < n; r++)
            centred[r * k + c] = codes->data[r * k + c] - middle[c];
    }
    flat_directions(centred, n, k, ways);
    for (int r = 0; r < n; r++)
        spread += size_of(centred + (size_t)r * (size_t)k, k) / n;
    for (int way = 0; way < 2; way++) {
        double along = 0;
        for (int r = 0; r < n; r++) {
            Point at = flat_point(centred + (size_t)r * (size_t)k, k, ways);
            along += (way ? at.y * at.y : at.x * at.x) / n;
        }
        plane->share += spread > 0 ? along / spread : 0;
        for (int c = 0; c < k; c++)
            ways[way * k + c] *= sqrt(along);
        plane->ways[way] = ways + way * k;
    }
    plane->middle = middle;
    plane->seen = n;
    return true;
}

static double step_of(int i)
{
    return FARTHEST * (2.0 * i / (ACROSS - 1) - 1);
}

static bool decode(const Spec *spec, DrawList *list, CodePlane *plane, Error *error)
{
    int k = plane->size, picture;
    size_t cells = (size_t)plane->rows * (size_t)plane->cols;
    double *codes = draw_room(list, (size_t)PLACES * (size_t)k * sizeof *codes);
    double *kept = draw_room(list, PLACES * cells * sizeof *kept);
    Run run;
    if (!codes || !kept)
        return error_memory(error);
    for (int i = 0; i < PLACES; i++)
        for (int c = 0; c < k; c++)
            codes[i * k + c] = plane->middle[c] + step_of(i % ACROSS) * plane->ways[0][c] +
                               step_of(i / ACROSS) * plane->ways[1][c];
    if (!run_clone(&run, &spec->session->run, error))
        return false;
    bool whole = run_decode(&run, codes, PLACES, &picture, error);
    for (size_t cell = 0; whole && cell < PLACES * cells; cell++)
        kept[cell] = tape_value(&run.tape, picture)->data[cell];
    for (int i = 0; i < PLACES; i++)
        plane->pictures[i] = kept + (size_t)i * cells;
    run_free(&run);
    return whole;
}

/* How far pictures that stand beside each other are apart: rms, over the whole grid. */
static double apart(const CodePlane *plane)
{
    double sum = 0;
    int cells = plane->rows * plane->cols, pairs = 0;
    for (int i = 0; i < PLACES; i++)
        for (int next = i + 1; next <= i + ACROSS; next += ACROSS - 1) {
            if (next >= PLACES || (next == i + 1 && next % ACROSS == 0))
                continue;
            pairs++;
            for (int cell = 0; cell < cells; cell++) {
                double off = plane->pictures[next][cell] - plane->pictures[i][cell];
                sum += off * off / cells;
            }
        }
    return sqrt(sum / pairs);
}

static void draw_axes(const Spec *spec, DrawList *list, double across, double down, double pixels, double high)
{
    static const int marked[] = {0, ACROSS / 2, ACROSS - 1};
    for (int i = 0; i < 3; i++) {
        const char *text = draw_format(list, "%g", step_of(marked[i]));
        draw_text(list, PAGE_MARGIN + LEFT + marked[i] * across + pixels / 2, PAGE_TOP + 8, ALIGN_CENTER, TEXT_SIZE,
                  spec->theme->ink, text);
        draw_text(list, PAGE_MARGIN + LEFT - 8, PAGE_TOP + 18 + marked[i] * down + high / 2, ALIGN_RIGHT, TEXT_SIZE,
                  spec->theme->ink, text);
    }
}

static const char *told_of(DrawList *list, const CodePlane *plane)
{
    const char *what = plane->seen
        ? draw_format(list, "Across and down the two directions in which the %d codes of this training step vary most, "
                      "in units of their spread, around their mean: %.0f %% of all %d numbers' spread.", plane->seen,
                      100 * plane->share, plane->size)
        : "Across z[0], down z[1], the two numbers of a code.";
    return draw_format(list, "%s Pictures beside each other are %.2g apart (rms).", what, apart(plane));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const Session *session = spec->session;
    const Coder *coder = session->model.system->coder;
    CodePlane plane = {0};
    page_begin(list, spec);
    plane.size = coder->numbers(&session->model, &plane.rows, &plane.cols);
    const Value *codes = tape_value(&session->run.tape, value_named(session, "mean"));
    if (!(plane.size == 2 ? coordinates(list, &plane) : directions(list, codes, &plane)))
        return error_memory(error);
    if (!decode(spec, list, &plane, error))
        return false;
    double pixel = fmax(1, floor(SIDE / (double)(plane.rows > plane.cols ? plane.rows : plane.cols)));
    double across = pixel * plane.cols + GAP, down = pixel * plane.rows + GAP, top = PAGE_TOP + 14;
    draw_axes(spec, list, across, down, pixel * plane.cols, pixel * plane.rows);
    for (int i = 0; i < PLACES; i++) {
        Point at = {PAGE_MARGIN + LEFT + i % ACROSS * across, top + (double)(i / ACROSS) * down};
        picture_draw(list, plane.pictures[i], plane.rows, plane.cols, at, pixel);
        draw_outline(list, at.x, at.y, pixel * plane.cols, pixel * plane.rows, spec->theme->muted, 1);
    }
    const char *told = told_of(list, &plane);
    page_end(list, spec, PAGE_MARGIN + LEFT + ACROSS * across, top + ACROSS * down, "A walk through the plane of codes",
             told, draw_format(list, "Grid of %d pictures that the decoder makes. %s", PLACES, told));
    return true;
}

static bool fits(const Session *session, const char **why)
{
    const Coder *coder = session->model.system->coder;
    int rows, cols;
    *why = "this model keeps no pictures as codes; vae does, and flow in the space latent";
    return coder && coder->numbers(&session->model, &rows, &cols) > 1 && value_named(session, "mean") >= 0;
}

const Figure LATENT_FIGURE = {
    .name = "latent", .words = "",
    .shows = "pictures that a decoder makes of the codes in a plane",
    .fits = fits, .draw = draw,
};
