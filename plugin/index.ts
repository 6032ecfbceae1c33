import { definePlugin } from 'hardhat/plugins';
export default definePlugin({ id: 'hardhat-zkvm' });
