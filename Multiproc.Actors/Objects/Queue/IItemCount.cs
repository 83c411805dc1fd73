using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>Is told by a queue how many items there are to work on.</summary>
internal interface IItemCount
{
    /// <summary>An item was put.</summary>
    void Added();

    /// <summary>An item will not go back any more: its lease was completed, it has become a dead letter, or its put was given up.</summary>
    void Finished(Effects effects);
}
