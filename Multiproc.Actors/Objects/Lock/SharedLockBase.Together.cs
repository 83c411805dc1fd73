using Multiproc.Objects.Together;

namespace Multiproc;

/// <content>What can be acquired together with others.</content>
public abstract partial class SharedLockBase : IAcquirable
{
    Acquirable IAcquirable.Acquirable => new(this, Acquire, this is SharedLock plain ? plain.AcquireAsync : null, Release, () => Lost);
}
