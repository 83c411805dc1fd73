// A web program that computes in processes: GET /mandelbrot?rows=40 draws a picture, each row a task of the pool; /health tells whether the pool works, and
// /multiproc/ shows it.
// A request that is cancelled takes its tasks back. When the program is stopped, requests and tasks that run are finished first.
using Multiproc;
using WebPool;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddMultiproc().AddPool<DrawingServices>("mandelbrot");
builder.Services.AddHealthChecks().AddMultiproc();
var app = builder.Build();

app.MapGet("/", static () => "GET /mandelbrot?rows=40, /crash, /health, /multiproc/");
app.MapGet("/mandelbrot", static async ([FromKeyedServices("mandelbrot")] ProcessPool pool, CancellationToken cancelled, int rows = 40) =>
{
    if (rows is < 1 or > 2000)
    {
        return Results.BadRequest("rows: from 1 to 2000");
    }

    string[] lines = await pool.WithService<RowPainter>().MapAsync(
        static (painter, row) => painter.Paint(row.Number, row.Of), Enumerable.Range(0, rows).Select(number => new Row(number, rows)), cancellation: cancelled);
    return Results.Text(string.Join('\n', lines) + "\n");
});

// What a crash in native code would do: one request fails, and the next one is served.
app.MapGet("/crash", static async ([FromKeyedServices("mandelbrot")] ProcessPool pool) =>
{
    try
    {
        await pool.ApplyAsync(static () => Environment.FailFast("a task crashed its process"));
        return Results.Ok();
    }
    catch (WorkerDiedException died)
    {
        return Results.Text($"A worker died with signal {died.Signal}; this process did not.\n", statusCode: StatusCodes.Status500InternalServerError);
    }
});
app.MapHealthChecks("/health");

// What the pool does, in a browser of this machine; the log tells the address with its token.
app.MapMultiproc();

app.Run();
