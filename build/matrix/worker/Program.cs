using Multiproc;

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddMultiproc().AddPool<Services>("squares", pool => pool.Processes = 1);
builder.Services.AddHealthChecks().AddMultiproc();
builder.Services.AddHostedService<Worker>();
await builder.Build().RunAsync();
return Worker.Found == Checks.Expected ? 0 : 1;

public sealed class Services : IWorkerStartup
{
    public void ConfigureServices(IServiceCollection services, IConfiguration configuration) => services.AddScoped<Squarer>();
}

public sealed class Squarer
{
    public int Square(int number) => number * number;
}

public sealed class Worker([FromKeyedServices("squares")] ProcessPool pool, IHostApplicationLifetime lifetime) : BackgroundService
{
    public static string Found { get; private set; } = "nothing";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        int[] squares = await pool.WithService<Squarer>().MapAsync(static (squarer, number) => squarer.Square(number), [3, 4], cancellation: stoppingToken);
        Found = squares is [9, 16] ? await Task.Run(Checks.Run, stoppingToken) : "wrong squares";
        Console.WriteLine(Found);
        lifetime.StopApplication();
    }
}
