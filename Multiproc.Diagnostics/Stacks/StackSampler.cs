using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;
using Multiproc.Diagnostics.Targets;

namespace Multiproc.Diagnostics.Stacks;

/// <summary>
/// Asks the runtime of a process for the stacks of its managed threads: its own sampler stops all of them for a moment and walks their stacks. No debugger, no
/// rights beyond those of the user, and the process goes on.
/// </summary>
internal static class StackSampler
{
    /// <summary>What the names of the temporary folders of samples begin with, before the process that is looked into.</summary>
    public const string FolderPrefix = "multiproc-stack-";

    private const string Sampler = "Microsoft-DotNETCore-SampleProfiler";
    private const string InManagedCode = "Managed";

    /// <summary>The sampler looks every few milliseconds; a process that gets little processor time may take longer.</summary>
    private static readonly TimeSpan s_sampling = TimeSpan.FromMilliseconds(50);

    /// <exception cref="TargetException">The process has ended, or its runtime does not answer.</exception>
    /// <exception cref="TimeoutException">It does not answer in time: it is stopped, or hangs in the runtime.</exception>
    public static async Task<IReadOnlyList<ThreadStack>> TakeAsync(TargetProcess target, TimeSpan timeout, TimeProvider time)
    {
        // Private, since others may not see what a process does; the reader puts files of its own beside the trace.
        var folder = Directory.CreateTempSubdirectory($"{FolderPrefix}{target.Pid}-");
        try
        {
            string file = Path.Combine(folder.FullName, "trace.nettrace");
            await RecordAsync(target, file, timeout, time).ConfigureAwait(false);
            return Read(file, target.Pid);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RecordAsync(TargetProcess target, string file, TimeSpan timeout, TimeProvider time)
    {
        using var end = new CancellationTokenSource(timeout, time);
        var client = new DiagnosticsClient(target.Pid);
        try
        {
            using var session = await client.StartEventPipeSessionAsync(
                [new EventPipeProvider(Sampler, EventLevel.Informational)], requestRundown: true, circularBufferMB: 64, end.Token).ConfigureAwait(false);
            await using var stream = File.Create(file);
            var copying = session.EventStream.CopyToAsync(stream, end.Token);
            await Task.Delay(s_sampling, time, end.Token).ConfigureAwait(false);

            // The names of all methods that were compiled come last.
            await session.StopAsync(end.Token).ConfigureAwait(false);
            await copying.WaitAsync(end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (end.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"process {target.Pid} ({target.Name}) did not answer within {timeout.TotalSeconds:0.#} s: it is stopped (kill -CONT {target.Pid} continues "
                    + "it), or gets no processor time.", late);
        }
        catch (Exception lost) when (lost is ServerNotAvailableException or EndOfStreamException or IOException)
        {
            throw new NoSuchProcessException(target.Pid, lost);
        }
    }

    private static List<ThreadStack> Read(string file, int pid)
    {
        using var log = new TraceLog(TraceLog.CreateFromEventPipeDataFile(file, null, new TraceLogOptions { ContinueOnError = true }));
        var last = new SortedDictionary<int, ThreadStack>();
        foreach (var sample in log.Events.Where(static each => each.ProviderName == Sampler))
        {
            last[sample.ThreadID] = new ThreadStack(
                sample.ThreadID, ThreadsOfSystem.NameOf(pid, sample.ThreadID), (string?)sample.PayloadString(0) == InManagedCode,
                ThreadsOfSystem.IsSleeping(pid, sample.ThreadID), Frames(sample));
        }

        return [.. last.Values];
    }

    private static List<ManagedFrame> Frames(TraceEvent sample)
    {
        var frames = new List<ManagedFrame>();
        for (var at = sample.CallStack(); at is not null; at = at.Caller)
        {
            string name = at.CodeAddress.FullMethodName;
            frames.Add(new ManagedFrame(at.CodeAddress.ModuleName, name.Length > 0 ? MethodName.Readable(name) : $"0x{at.CodeAddress.Address:x}"));
        }

        return frames;
    }
}
