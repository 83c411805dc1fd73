namespace Multiproc.Processes.Views;

/// <summary>The parts of the library above this one that have something to tell in a view, such as pools. Each adds itself when it first has.</summary>
internal static class ViewSources
{
    private static readonly Lock s_gate = new();
    private static volatile Func<ProgramView, Task<ProgramView>>[] s_all = [];

    /// <summary>Adds a source, which adds to a view what it knows. It must bear being asked by several threads at once.</summary>
    public static void Add(Func<ProgramView, Task<ProgramView>> source)
    {
        lock (s_gate)
        {
            s_all = [.. s_all, source];
        }
    }

    public static async Task<ProgramView> CompleteAsync(ProgramView view)
    {
        foreach (var source in s_all)
        {
            view = await source(view).ConfigureAwait(false);
        }

        return view;
    }
}
