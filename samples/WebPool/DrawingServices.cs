using Multiproc;

namespace WebPool;

/// <summary>The services of each worker, made once in it. The configuration is the section that WorkerConfiguration names.</summary>
internal sealed class DrawingServices : IWorkerStartup
{
    public void ConfigureServices(IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton(new Palette(configuration["Characters"] ?? " *")).AddScoped<RowPainter>();
}

/// <summary>The characters of a picture, from far to near.</summary>
internal sealed class Palette(string characters)
{
    public char Of(int steps, int most) => characters[(int)Math.Min(characters.Length - 1, Math.Log2(1 + steps) * characters.Length / Math.Log2(most))];
}
