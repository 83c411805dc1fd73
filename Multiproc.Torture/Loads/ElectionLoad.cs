using Multiproc.Torture.Crews;
using Multiproc.Torture.Faults;

namespace Multiproc.Torture.Loads;

/// <summary>Candidates of one election on this machine. Never two living processes lead, fences grow, and the seat of a dead leader is given on.</summary>
internal sealed class ElectionLoad(LoadSettings settings) : CrewLoad("elections", settings)
{
    private const string Title = "torture";
    private const int Inside = 0;
    private const int Fence = 1;

    private DirectoryInfo? _folder;
    private SharedArray<long>? _words;

    public override void Dispose()
    {
        base.Dispose();
        _words?.Dispose();
        _folder?.Delete(recursive: true);
    }

    protected override void MakeObjects()
    {
        _folder = Directory.CreateTempSubdirectory("multiproc-torture-");
        _words = Mp.RawArray<long>(2);
    }

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _words!, _folder!.FullName, options: options);

    protected override void Judge()
    {
        using var last = Mp.Elect(Title, In(_folder!.FullName));
        if (!last.Wait(Limits.Bound))
        {
            Tally.Hang("an election whose candidates are all dead");
        }
        else if (last.Fence <= _words![Fence])
        {
            Tally.Break($"the election gave the fence {last.Fence} after {_words[Fence]}");
        }
    }

    private static void Work(Seat seat, SharedArray<long> words, string folder) => seat.Work(random =>
    {
        using var leadership = Mp.Elect(Title, In(folder));
        if (random.Next(3) == 0)
        {
            if (!leadership.Wait(TimeSpan.FromMilliseconds(random.Next(20))))
            {
                return;
            }
        }
        else
        {
            Limits.Came(leadership.Wait(Limits.Bound), "The leadership");
        }

        long former = words.CompareExchange(Inside, Environment.ProcessId, 0);
        if (former != 0)
        {
            if (!Signals.IsLeaving((int)former))
            {
                seat.Complain($"twice: this process leads beside process {former}, which has not died");
            }

            words[Inside] = Environment.ProcessId;
        }

        if (leadership.Fence <= words[Fence])
        {
            seat.Complain($"the election gave the fence {leadership.Fence} after {words[Fence]}");
        }

        words[Fence] = leadership.Fence;
        Thread.SpinWait(random.Next(5000));
        if (!leadership.IsLeader || leadership.Lost.IsCancellationRequested)
        {
            seat.Complain("lost: the leader does not lead any more, though its file is there");
        }

        words[Inside] = 0;
    });

    private static ElectionOptions In(string folder) => new() { Folder = folder, CheckInterval = TimeSpan.FromMilliseconds(5) };
}
