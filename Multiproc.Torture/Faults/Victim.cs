namespace Multiproc.Torture.Faults;

/// <summary>A process that a fault may hit.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="TakesOrders">Whether it fails from inside when it is told to: see <see cref="Orders"/>.</param>
/// <param name="HasMemoryLimit">Whether it may be told to use up its memory.</param>
internal readonly record struct Victim(int Pid, bool TakesOrders, bool HasMemoryLimit);
