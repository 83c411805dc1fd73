using Multiproc.Objects.Together;

namespace Multiproc;

/// <content>What can be acquired together with others.</content>
public sealed partial class SharedReadWriteLock
{
    /// <summary>The lock for reading, for <see cref="Mp.AcquireAll"/>.</summary>
    public IAcquirable ReadSide => new Side(new Acquirable(this, AcquireRead, AcquireReadAsync, ReleaseRead, () => Lost));

    /// <summary>The lock for upgradeable reading, for <see cref="Mp.AcquireAll"/>.</summary>
    public IAcquirable UpgradeableReadSide =>
        new Side(new Acquirable(this, AcquireUpgradeableRead, AcquireUpgradeableReadAsync, ReleaseUpgradeableRead, () => Lost));

    /// <summary>The lock for writing, for <see cref="Mp.AcquireAll"/>.</summary>
    public IAcquirable WriteSide => new Side(new Acquirable(this, AcquireWrite, AcquireWriteAsync, ReleaseWrite, () => Lost));

    private sealed record Side(Acquirable Acquirable) : IAcquirable;
}
