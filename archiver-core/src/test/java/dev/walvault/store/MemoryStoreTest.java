package dev.walvault.store;

class MemoryStoreTest extends ObjectStoreContract {
    @Override
    protected ObjectStore emptyStore() {
        return new MemoryStore();
    }
}
