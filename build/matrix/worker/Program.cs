var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddHostedService<Worker>();
await builder.Build().RunAsync();
return Worker.Found == Checks.Expected ? 0 : 1;

public sealed class Worker(IHostApplicationLifetime lifetime) : BackgroundService
{
    public static string Found { get; private set; } = "nothing";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Found = await Task.Run(Checks.Run, stoppingToken);
        Console.WriteLine(Found);
        lifetime.StopApplication();
    }
}
