namespace Multiproc.Dashboard.Collecting;

/// <summary>The histories of all programs that a dashboard shows. Pure, and for one caller at a time.</summary>
/// <param name="most">The number of values that a curve keeps.</param>
internal sealed class Collector(int most)
{
    /// <summary>The largest number of programs that are shown.</summary>
    public const int MostPrograms = 50;

    private readonly Dictionary<int, ProgramHistory> _programs = [];

    /// <summary>Adds what was seen. Programs that are not in it have ended.</summary>
    /// <param name="sights">The programs.</param>
    /// <returns>What browsers are sent, ordered by process id.</returns>
    public IReadOnlyList<ProgramSnapshot> Add(IReadOnlyList<Sight> sights)
    {
        var shown = sights.OrderBy(static each => each.Pid).Take(MostPrograms).ToList();
        foreach (int ended in _programs.Keys.Except(shown.Select(static each => each.Pid)).ToList())
        {
            _programs.Remove(ended);
        }

        var snapshots = new List<ProgramSnapshot>();
        foreach (var (pid, view) in shown)
        {
            if (!_programs.TryGetValue(pid, out var history))
            {
                _programs.Add(pid, history = new ProgramHistory(most));
            }

            if (view is not null)
            {
                history.Add(view);
            }

            snapshots.Add(new ProgramSnapshot(pid, history.View, IsStale: view is null, history.Curves()));
        }

        return snapshots;
    }
}
