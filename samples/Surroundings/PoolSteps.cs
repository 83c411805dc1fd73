using System.Diagnostics;
using System.Text;
using Multiproc;

namespace Surroundings;

/// <summary>Uses one pool in several steps, for troubles that begin while it runs.</summary>
internal static class PoolSteps
{
    public static readonly IReadOnlyDictionary<string, Action> Steps = new Dictionary<string, Action>
    {
        ["open-pool"] = Open,
        ["kill-workers"] = Kill,
        ["end-workers"] = Exit,
        ["hear-shortage"] = Hear,
        ["use-pool"] = Use,
    };

    private static readonly List<Process> s_workers = [];
    private static readonly Listening s_errors = new(Console.Error, "A pool cannot replace a worker");
    private static ProcessPool? s_pool;

    private static ProcessPool Pool => s_pool ?? throw new InvalidOperationException("The step 'open-pool' must come first.");

    private static void Open()
    {
        Console.SetError(s_errors);
        s_pool = Mp.Pool(1);
        int[] workers = [.. Pool.MapAsync(static _ => Environment.ProcessId, Enumerable.Range(0, 40)).Get(Parts.Bound).Distinct()];
        // The library loads what the death of a worker needs in the background; if it cannot be loaded later, the program ends.
        Parts.Require(SpinWait.SpinUntil(IsAllLoaded, Parts.Bound), "not all of the library was loaded");
        s_workers.AddRange(workers.Select(Process.GetProcessById));
    }

    private static bool IsAllLoaded()
    {
        var loaded = AppDomain.CurrentDomain.GetAssemblies().Select(static each => each.GetName().Name).ToHashSet();
        return typeof(Mp).Assembly.GetReferencedAssemblies().All(each => loaded.Contains(each.Name));
    }

    private static void Kill() => s_workers.ForEach(static each => each.Kill());

    /// <summary>Makes the workers exit in the middle of their tasks.</summary>
    private static void Exit()
    {
        foreach (var lost in s_workers.Select(static _ => Pool.ApplyAsync(static () => Environment.Exit(3))).ToList())
        {
            Parts.Require(lost.Wait(Parts.Bound) && !lost.Successful, "a lost task was not told");
        }
    }

    /// <summary>Waits until the pool has said that it cannot replace the workers, or has replaced them: the dead ones gave their descriptors back.</summary>
    private static void Hear() => Parts.Require(
        SpinWait.SpinUntil(static () => s_errors.WasHeard.IsSet || IsReplaced(), Parts.Bound), "the pool neither replaced its workers nor said that it cannot");

    private static bool IsReplaced()
    {
        var dead = s_workers.Select(static each => each.Id).ToHashSet();
        return Pool.WorkerPids is { Count: > 0 } now && now.All(each => !dead.Contains(each));
    }

    private static void Use() => Parts.Require(Pool.ApplyAsync(static () => 5).Get(Parts.Bound) == 5, "the pool counted wrong");

    /// <summary>Forwards text to stderr and signals when a certain text was written.</summary>
    private sealed class Listening(TextWriter inner, string text) : TextWriter
    {
        public ManualResetEventSlim WasHeard { get; } = new();

        public override Encoding Encoding => inner.Encoding;

        public override void Write(char value) => inner.Write(value);

        public override void Write(string? value)
        {
            inner.Write(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                WasHeard.Set();
            }
        }
    }
}
