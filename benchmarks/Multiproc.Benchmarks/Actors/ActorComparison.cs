using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Akka.Actor;

namespace Multiproc.Benchmarks.Actors;

/// <summary>Actors over links and over Akka.Remote with DotNetty, in turn, between the same two processes.</summary>
internal static class ActorComparison
{
    public static int Run(int rounds, DirectoryInfo output)
    {
        using var paths = Mp.Queue<string>();
        using var end = Mp.Event();
        using var other = Mp.Process(DotNettySide.Serve, paths, end);
        other.Start();
        var ours = other.ActorOf(Props.Create<EchoActor>());
        var (batched, unbatched) = (Resolve(DotNettySide.Start(batching: true), paths.Get()), Resolve(DotNettySide.Start(batching: false), paths.Get()));
        var text = new StringBuilder();
        text.AppendLine("| row | unit | Multiproc | DotNetty, batching | DotNetty, none | ratio to the better |");
        text.AppendLine("|---|---|---:|---:|---:|---:|");
        foreach (var row in ActorRow.All)
        {
            var sides = (IActorRef[])[ours, batched, unbatched];
            var measured = sides.Select(static _ => new List<double>()).ToArray();
            foreach (var side in sides)
            {
                row.WarmUp(side);
            }

            for (int round = 0; round < rounds; round++)
            {
                for (int side = 0; side < sides.Length; side++)
                {
                    measured[side].Add(row.Measure(sides[side]));
                }
            }

            double[] medians = [.. measured.Select(Medians.Of)];
            double ratio = row.MoreIsBetter ? medians[0] / Math.Max(medians[1], medians[2]) : Math.Min(medians[1], medians[2]) / medians[0];
            Add(text, $"| {row.Name} | {row.Unit} | {medians[0]:#,0.#} | {medians[1]:#,0.#} | {medians[2]:#,0.#} | {ratio:0.0}x |");
        }

        Add(text, $"| terminated_after_kill, median of 20 (longest) | ms | {Terminated(20)} | - | - | |");
        Add(text, $"| actorof_first_reply in a warm process, median of 10 | ms | {FirstReply(10):0.0} | - | - | |");
        end.Set();
        Write(output, rounds, text);
        return 0;
    }

    private static IActorRef Resolve(ActorSystem system, string path) =>
        system.ActorSelection(path).ResolveOne(TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();

    /// <summary>The time from kill -9 to the news of it in another actor.</summary>
    private static string Terminated(int count)
    {
        var times = new List<double>();
        for (int i = 0; i < count; i++)
        {
            var victim = Mp.ActorOf(Props.Create<EchoActor>());
            _ = victim.Ask<string>("up?", TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();
            var died = victim.WatchAsync();
            var process = Mp.ActiveChildren()[^1];
            long begun = Stopwatch.GetTimestamp();
            process.Kill();
            died.GetAwaiter().GetResult();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Medians.Of(times):0.0} ({times.Max():0.0})");
    }

    private static double FirstReply(int count)
    {
        var context = Mp.GetContext(StartMethod.ForkServer);
        ProcessRows.KeepSpares(context, 2);
        var times = new List<double>();
        for (int i = 0; i < count; i++)
        {
            while (MultiprocContext.WarmProcesses < 1)
            {
                Thread.Yield();
            }

            long begun = Stopwatch.GetTimestamp();
            var actor = context.ActorOf(Props.Create<EchoActor>());
            _ = actor.Ask<string>("first", TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            actor.GracefulStop(TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();
        }

        return Medians.Of(times);
    }

    private static void Add(StringBuilder text, FormattableString row)
    {
        string line = FormattableString.Invariant(row);
        text.AppendLine(line);
        Console.WriteLine(line);
    }

    private static void Write(DirectoryInfo output, int rounds, StringBuilder table)
    {
        output.Create();
        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string file = Path.Combine(output.FullName, $"actors-{date}.md");
        File.WriteAllText(file, $"""
            # Actors over links and over Akka.Remote with DotNetty, {date}

            {Machine.Processor()}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}.
            {RuntimeInformation.FrameworkDescription}; Akka.NET 1.5.74. Medians of {rounds} rounds, in turn, between the same two processes, after a warm-up.
            DotNetty with its write batching and without; the better one counts.

            {table}
            """);
        Console.WriteLine($"written: {file}");
    }
}
