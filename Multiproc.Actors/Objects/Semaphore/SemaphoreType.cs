using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Semaphores;

/// <summary>The object type of semaphores: how a node creates and reads them.</summary>
internal static class SemaphoreType
{
    public static readonly unsafe ObjectType Instance = ObjectType.Define(new ObjectType(
        3, "semaphore", static (ref WireReader reader) => SemaphoreCommand.ReadFrom(ref reader), SemaphoreCell.Bytes,
        static (options, cell) => Make(options, new SemaphoreCell(cell!.Value.Address))));

    private static SemaphoreState Make(Payload options, SemaphoreCell cell)
    {
        var (count, maximum) = Serializer.Unpack<(int Count, int Maximum)>(options);
        return new SemaphoreState(cell, count, maximum);
    }
}
