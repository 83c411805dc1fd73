using System.Diagnostics;
using Akka.Actor;

namespace Multiproc.Benchmarks.Actors;

/// <summary>One measurement of an echo in another process.</summary>
internal sealed record ActorRow(string Name, string Unit, Func<IActorRef, double> Measure)
{
    private const int Window = 256;

    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<ActorRow> All { get; } =
    [
        new("ask_one_by_one", "us", echo => Clock.Microseconds(2_000, () => Ask(echo, 2_000, 1))),
        new("asks_pipelined", "asks/s", echo => Clock.PerSecond(20_000, () => Ask(echo, 20_000, Window))),
        new("tells_64B", "messages/s", echo => Clock.PerSecond(200_000, () => Tell(echo, 200_000))),
        new("messages_1MiB", "MiB/s", echo => Clock.PerSecond(100, () => Send(echo, new byte[1024 * 1024], 100))),
    ];

    public bool MoreIsBetter => Unit.EndsWith("/s", StringComparison.Ordinal);

    /// <summary>Runs the row until tiered compilation has caught up.</summary>
    public void WarmUp(IActorRef echo)
    {
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(3);)
        {
            Ask(echo, 500, 1);
            Ask(echo, 2_000, Window);
            Tell(echo, 5_000);
            Send(echo, new byte[1024 * 1024], 3);
        }
    }

    private static void Ask(IActorRef echo, int count, int atOnce) => Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
    {
        for (int i = 0; i < count / atOnce; i++)
        {
            await echo.Ask<string>("a question", s_bound).ConfigureAwait(false);
        }
    })).GetAwaiter().GetResult();

    private static void Tell(IActorRef echo, int count)
    {
        string text = new('x', EchoActor.Told);
        for (int i = 0; i < count; i++)
        {
            echo.Tell(text);
        }

        int came = echo.Ask<int>(new HowMany(), s_bound).GetAwaiter().GetResult();
        if (came <= count)
        {
            throw new InvalidOperationException($"Of {count} messages {came - 1} came.");
        }
    }

    private static void Send(IActorRef echo, byte[] message, int count) => Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
    {
        for (int i = 0; i < count / 4; i++)
        {
            await echo.Ask<int>(message, s_bound).ConfigureAwait(false);
        }
    })).GetAwaiter().GetResult();
}
