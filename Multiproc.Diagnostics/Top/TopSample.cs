using Multiproc.Host.Ps;

namespace Multiproc.Diagnostics.Top;

/// <summary>A process at one moment, with what it used since the moment before.</summary>
/// <param name="Process">The process.</param>
/// <param name="Depth">0 for a program, 1 for its children, and so on.</param>
/// <param name="Processors">How many processors it used on average, such as 0.5; null for a process that was not there the moment before.</param>
internal sealed record TopRow(ProcessEntry Process, int Depth, double? Processors);

/// <summary>The programs with children at one moment.</summary>
internal sealed record TopSample(IReadOnlyList<TopRow> Rows, TimeSpan Now)
{
    /// <summary>Compares two tables of the processes of this machine.</summary>
    /// <param name="before">The one before; null for the first.</param>
    /// <param name="now">The one now.</param>
    /// <param name="user">Only programs of this user; null for all.</param>
    public static TopSample Of(ProcessTable? before, ProcessTable now, int? user)
    {
        var earlier = before?.Entries.ToDictionary(static each => (each.Pid, each.Began)) ?? [];
        var time = now.Now - (before?.Now ?? now.Now);
        var rows = now.Programs(user).SelectMany(program => program.Children.Select(child => Row(child.Process, child.Depth)).Prepend(Row(program.Program, 0)));
        return new TopSample([.. rows], now.Now);

        TopRow Row(ProcessEntry process, int depth) => new(process, depth, Processors(process));

        double? Processors(ProcessEntry process) => time > TimeSpan.Zero && earlier.TryGetValue((process.Pid, process.Began), out var then)
            ? Math.Max(0, (process.Processor - then.Processor) / time)
            : null;
    }
}
