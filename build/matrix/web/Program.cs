using Multiproc;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
await using var app = builder.Build();
app.MapGet("/", () => Checks.Run());
app.MapMultiproc();
await app.StartAsync();

using var client = new HttpClient();
string found = await client.GetStringAsync(app.Urls.Single());
Console.WriteLine(found);
Console.WriteLine(await client.GetStringAsync($"{app.Urls.Single()}/multiproc/dashboard.js") is { Length: > 0 } ? "The page of the dashboard is there." : "");

// The bar of the other package, on this console: nothing is drawn where output is redirected.
using var pool = Mp.Pool(1);
using (var bar = Mp.ProgressBar())
{
    pool.Map(static x => x + 1, [1, 2, 3], progress: bar);
}

await app.StopAsync();
return found == Checks.Expected ? 0 : 1;
