using Multiproc.Objects.Together;

namespace Multiproc;

/// <content>What can be acquired together with others: one permit.</content>
public abstract partial class SharedSemaphoreBase : IAcquirable
{
    Acquirable IAcquirable.Acquirable => new(this, Acquire, AcquireAsync, ReleaseOne, () => Lost);
}
