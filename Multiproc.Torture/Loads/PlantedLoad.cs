using System.Globalization;
using Multiproc.Torture.Crews;

namespace Multiproc.Torture.Loads;

/// <summary>
/// A load that breaks a promise by intent: when so many of its processes have died as <see cref="Variable"/> says. There is none without the variable. By it a
/// test sees that a run which fails says so, and is made smaller down to the faults that it fails by.
/// </summary>
internal sealed class PlantedLoad(LoadSettings settings) : CrewLoad(Title, settings)
{
    public const string Title = "planted";
    public const string Variable = "MULTIPROC_TORTURE_PLANTED";

    public static bool IsWanted => Environment.GetEnvironmentVariable(Variable) is not null;

    protected override void MakeObjects()
    {
    }

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, options: options);

    protected override void OwnTurn()
    {
        if (Deaths >= int.Parse(Environment.GetEnvironmentVariable(Variable)!, CultureInfo.InvariantCulture) && Tally.Broken.Count == 0)
        {
            Tally.Break($"planted: {Deaths} processes have died");
        }

        base.OwnTurn();
    }

    protected override void Judge()
    {
    }

    private static void Work(Seat seat) => seat.Work(static _ => Thread.CurrentThread.Join(1));
}
