// A service without a user interface: it looks for primes in a pool, block after block, and keeps totals in a manager that other programs of the user could
// read. --blocks N ends it after N blocks; Ctrl+C or SIGTERM at any time, and then the blocks that run are finished first.
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WorkerService;

var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Configuration.AddCommandLine(args, new Dictionary<string, string>(StringComparer.Ordinal) { ["--blocks"] = "Search:Blocks" });
builder.Services.AddMultiproc().AddPool("primes").AddManager("totals");
builder.Services.AddOptions<SearchOptions>().BindConfiguration("Search");
builder.Services.AddHostedService<PrimeSearch>();
builder.Build().Run();
