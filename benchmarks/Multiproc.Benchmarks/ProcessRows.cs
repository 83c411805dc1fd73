using Multiproc;

namespace Multiproc.Benchmarks;

internal static class ProcessRows
{
    public static IReadOnlyList<Row> All { get; } =
    [
        new("process_start_join_spawn", "ms", () => StartJoin(20, 1)),
        new("process_start_join_8_spawn", "ms", () => StartJoin(24, 8)),
    ];

    private static void Noop()
    {
    }

    private static double StartJoin(int count, int atOnce)
    {
        StartJoin(1);
        return Clock.Milliseconds(count, () =>
        {
            for (int i = 0; i < count / atOnce; i++)
            {
                StartJoin(atOnce);
            }
        });
    }

    private static void StartJoin(int processes)
    {
        var all = Enumerable.Range(0, processes).Select(_ => Mp.Process(Noop)).ToList();
        all.ForEach(process => process.Start());
        all.ForEach(process => process.Join());
        all.ForEach(process => process.Close());
    }
}
