using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Semaphores;

/// <summary>How a home makes a semaphore.</summary>
internal static class SemaphoreKind
{
    public static readonly unsafe ObjectKind Instance = ObjectKind.Define(new ObjectKind(
        3, "semaphore", static (ref WireReader reader) => SemaphoreCommand.ReadFrom(ref reader), SemaphoreCell.Bytes, static (options, cell) => Make(options, new SemaphoreCell(cell!.Value.Address))));

    private static SemaphoreState Make(Payload options, SemaphoreCell cell)
    {
        var (count, maximum) = Serializer.Unpack<(int Count, int Maximum)>(options);
        return new SemaphoreState(cell, count, maximum);
    }
}
