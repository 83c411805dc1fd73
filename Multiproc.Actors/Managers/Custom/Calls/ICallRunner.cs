using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>What runs a user's object: never on the thread that delivers messages.</summary>
internal interface ICallRunner : IDisposable
{
    void Begin(Caller caller, CallCommand command);

    /// <summary>The caller has given up: its token fires. The call still ends with an answer.</summary>
    void Cancel(Caller caller);
}
