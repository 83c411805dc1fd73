using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Multiproc.Tests.Hosting;

/// <summary>What a task saw of the services of its worker.</summary>
internal sealed record Sight(int Input, Guid Scope, Guid Worker, int DisposedBefore);

/// <summary>The services of a worker under test.</summary>
internal sealed class Startup : IWorkerStartup
{
    public void ConfigureServices(IServiceCollection services, IConfiguration configuration) => services.AddSingleton<Singleton>().AddScoped<Scoped>();
}

/// <summary>One in each worker.</summary>
internal sealed class Singleton : IDisposable
{
    public static SharedQueue<string>? Said { get; set; }

    public Guid Id { get; } = Guid.NewGuid();

    public int Disposed { get; set; }

    public void Dispose() => Said?.Put("services");
}

/// <summary>One in each task. Can be disposed of asynchronously only, as many clients of databases.</summary>
internal sealed class Scoped(Singleton singleton, ILogger<Scoped> logger) : IAsyncDisposable
{
    private readonly Guid _id = Guid.NewGuid();

    public Sight See(int input) => new(input, _id, singleton.Id, singleton.Disposed);

    public bool Log(string text)
    {
        logger.LogDebug("not for the host");
        logger.LogInformation("{Text}", text);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        singleton.Disposed++;
    }
}
