using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Multiproc;

namespace WorkerService;

/// <summary>What the search does; the section Search of the configuration.</summary>
internal sealed class SearchOptions
{
    /// <summary>After how many blocks the service ends; null for never.</summary>
    public int? Blocks { get; set; }

    /// <summary>How many numbers a block has.</summary>
    public int Size { get; set; } = 200_000;
}

/// <summary>Counts primes, block by block. The workers add to the totals themselves, in one step of the manager.</summary>
internal sealed partial class PrimeSearch(
    [FromKeyedServices("primes")] ProcessPool pool, [FromKeyedServices("totals")] SyncManager manager, IOptions<SearchOptions> options,
    IHostApplicationLifetime lifetime, ILogger<PrimeSearch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var totals = manager.Dictionary<string, long>();
        int size = options.Value.Size;
        for (int block = 0; block < (options.Value.Blocks ?? int.MaxValue) && !stoppingToken.IsCancellationRequested; block++)
        {
            // Not with the token: a block that has begun is finished, for which the host gives it DrainTimeout.
            await pool.ApplyAsync(Count, block * size, size, totals);
            Report(logger, totals["primes"], totals["numbers"]);
        }

        lifetime.StopApplication();
    }

    private static void Count(int first, int size, DictionaryProxy<string, long> totals)
    {
        totals.Increment("primes", Enumerable.Range(first, size).Count(IsPrime));
        totals.Increment("numbers", size);
    }

    private static bool IsPrime(int number)
    {
        for (int divisor = 2; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }

        return number > 1;
    }

    [LoggerMessage(1, LogLevel.Information, "{Primes} primes among the first {Numbers} numbers")]
    private static partial void Report(ILogger logger, long primes, long numbers);
}
