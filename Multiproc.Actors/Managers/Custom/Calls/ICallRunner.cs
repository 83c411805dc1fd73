using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>Runs the calls of a user's object, never on the thread that delivers messages.</summary>
internal interface ICallRunner : IDisposable
{
    void Begin(Caller caller, CallCommand command);

    /// <summary>Cancels the token of a call whose caller has given up. The call still ends with a reply.</summary>
    void Cancel(Caller caller);
}
