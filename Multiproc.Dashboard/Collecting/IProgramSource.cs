using Multiproc.Processes.Views;

namespace Multiproc.Dashboard.Collecting;

/// <summary>The programs that a dashboard shows.</summary>
internal interface IProgramSource
{
    /// <summary>Looks at all of them.</summary>
    ValueTask<IReadOnlyList<Sight>> LookAsync(CancellationToken cancellation);
}

/// <summary>A program at one moment.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="View">What it told; null if it runs, and told nothing in time.</param>
internal sealed record Sight(int Pid, ProgramView? View);
